//! Journal readers: the masking border.
