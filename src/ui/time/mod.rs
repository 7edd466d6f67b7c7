//! Time: the bar below, travel through it, branches, the chart, and what can happen next.

pub mod branches;
pub mod chart;
pub mod compare;
pub mod futures;
pub mod searcher;
pub mod timebar;
pub mod travel;
