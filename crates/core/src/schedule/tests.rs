//! Whatever happens, a time is run once at most, and what was missed is said.
