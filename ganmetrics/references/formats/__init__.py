"""Statistics files of other libraries: told apart, read and written, a module for each family of them."""
