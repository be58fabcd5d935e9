//! Tests of the window as a whole, without a window.
