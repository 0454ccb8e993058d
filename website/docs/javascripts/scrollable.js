// What is wider than the screen is scrolled sideways; these make that possible with the keyboard, too.
const WIDE = ".md-typeset__scrollwrap, .md-typeset pre > code, .wide";

function make_reachable() {
  for (const element of document.querySelectorAll(WIDE)) {
    const is_wide = element.scrollWidth > element.clientWidth;
    if (is_wide) {
      element.tabIndex = 0;
    } else {
      element.removeAttribute("tabindex");
    }
  }
}

addEventListener("load", make_reachable);
addEventListener("resize", make_reachable);
