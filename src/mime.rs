//! Mail bytes to text, structure and names that can be shown. Pure: no I/O.
