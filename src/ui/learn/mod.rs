//! The course: a page of it, what a learner wants, the contents, and the course before an audience.

pub mod contents;
pub mod figures;
pub mod lab;
pub mod learning;
pub mod lesson;
pub mod present;
pub mod print;
pub mod quiz;
pub mod scrub;
pub mod serve;
pub mod wish;
