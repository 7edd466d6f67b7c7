//! Mounts the page. What works beside it is another program: `worker.rs`.

/// Smaller and quicker than the allocator that comes with the target.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

fn main() {
    raftarium::ui::catch_panics();
    let document = web_sys::window().and_then(|window| window.document());
    let Some(root) = document.and_then(|document| document.get_element_by_id("app")) else {
        return;
    };
    let show = || {
        yew::Renderer::<raftarium::ui::App>::with_root(root).render();
    };
    if !raftarium::ui::wants_language() {
        return show();
    }
    wasm_bindgen_futures::spawn_local(async {
        raftarium::ui::speak().await;
        show();
    });
}
