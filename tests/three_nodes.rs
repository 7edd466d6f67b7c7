//! The example that implementers copy must run.

#[path = "../examples/three_nodes.rs"]
mod three_nodes;

#[test]
fn three_nodes_driven_by_hand_agree() {
    // It asserts that a leader is elected twice, and that all servers end with the same value.
    three_nodes::main();
}
