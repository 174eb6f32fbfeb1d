#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kms_cost_fuzz::run("book", bytes));
