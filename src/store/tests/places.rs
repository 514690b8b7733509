//! Where the store lives.
