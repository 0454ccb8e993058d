"""Judge how useful a program is for a task: a critic proposes criteria, a quantifier applies them to test cases."""
