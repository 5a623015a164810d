"""XLSX files (ECMA-376): read and written row by row, so that a long one takes no memory and a hostile one no harm."""
