//! Response codes: tables as data.
