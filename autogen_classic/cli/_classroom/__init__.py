"""The rooms behind ``autogen-classic classroom``: what a teacher hands out, and looks at afterwards."""
