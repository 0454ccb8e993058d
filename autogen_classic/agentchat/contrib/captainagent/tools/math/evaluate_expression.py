"""A tool for experts; see the package above."""


def evaluate_expression(expression: str, variables: dict[str, float] | None = None) -> float:
    """Calculate an arithmetic expression.

    Args:
        expression: numbers, + - * / // % **, brackets, the functions of the module math such as sqrt(2), and the
            constants pi, e and tau.
        variables: values of further names in the expression.

    Returns:
        The value.

    Raises:
        ValueError: the expression has something else in it.
    """
    import ast
    import math
    import operator
    from collections.abc import Callable

    functions: dict[str, Callable[..., float]] = {name: known for name, known in vars(math).items() if callable(known)}
    functions |= {"abs": abs, "max": max, "min": min, "round": round}
    numbers = {"pi": math.pi, "e": math.e, "tau": math.tau, **(variables or {})}
    operators: dict[type, Callable[..., float]] = {
        **{ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv},
        **{ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow},
        **{ast.UAdd: operator.pos, ast.USub: operator.neg},
    }

    def value_of(node: ast.AST) -> float:
        match node:
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.Name(id=name) if name in numbers:
                return numbers[name]
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in operators:
                return operators[type(sign)](value_of(left), value_of(right))
            case ast.UnaryOp(op=sign, operand=operand) if type(sign) in operators:
                return operators[type(sign)](value_of(operand))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in functions:
                return functions[name](*map(value_of, arguments))
        raise ValueError(f"{ast.unparse(node)!r} in {expression!r} is not arithmetic.")

    return value_of(ast.parse(expression, mode="eval").body)
