// Wide diagrams keep their letters at a size that can be read, and long names in narrow places break at their joints.
const JOINTS = /(?<=[\w)\]}"'][_./:=,(])(?=[\w"'[{])|(?<=[a-z0-9])(?=[A-Z])/;
const OPTIONS = /((?<![\w-])--?[a-z][\w-]*)/; // of a command; these do not break at all
const SMALLEST = 0.85; // how much a diagram may shrink before it is scrolled

function keep_letters_readable(svg) {
  const frame = document.createElement("div");
  frame.className = "wide";
  svg.replaceWith(frame);
  frame.append(svg);
  svg.style.minWidth = `${SMALLEST * svg.viewBox.baseVal.width}px`;
}

function unbroken(option) {
  const span = document.createElement("span");
  span.className = "unbroken";
  span.textContent = option;
  return [span];
}

function broken_at_joints(text) {
  return text.split(JOINTS).flatMap((part, at) => (at ? [document.createElement("wbr"), part] : [part]));
}

function break_well(name) {
  const is_narrow = name.closest("td, h1, h2, h3, h4, h5") !== null;
  for (const node of [...name.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE)) {
    const parts = node.data.split(OPTIONS);
    const between = (text) => (is_narrow ? broken_at_joints(text) : [text]);
    node.replaceWith(...parts.flatMap((part, at) => (at % 2 ? unbroken(part) : between(part))));
  }
}

document.querySelectorAll(".md-typeset svg.diagram, .md-typeset svg.plot").forEach(keep_letters_readable);
document.querySelectorAll(".md-typeset :not(pre) > code, .doc-object-name").forEach(break_well);
