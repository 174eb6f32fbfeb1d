//! Exact, explained, offline cost estimates for cloud key management services.
pub mod bill;
pub mod cli;
pub mod comparison;
pub mod decimal;
pub mod diagnostic;
pub mod estimate;
pub mod fields;
pub mod fraction;
pub mod metering;
pub mod month;
pub mod pricebook;
pub mod rating;
pub mod report;
pub mod scenario;
pub mod source;
pub mod verification;
pub mod vocabulary;
