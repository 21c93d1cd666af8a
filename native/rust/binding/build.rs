fn main() {
    napi_build::setup();
    // A worker thread that ends may be the last user of the addon. What its allocator cleans up when the thread itself is over must
    // still find its code.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo:rustc-link-arg-cdylib=-Wl,-z,nodelete");
    }
}
