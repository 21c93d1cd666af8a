//! A JavaScript function without arguments and result. The general wrapper of the library makes vectors and handles for
//! both at every call, which costs more than playing a bar does.

use napi::bindgen_prelude::{FromNapiValue, Function, check_status};
use napi::{Env, Result, sys};
use std::ptr;
use std::rc::Rc;

/// What a function does; it must not unwind, and leaves its outcome in memory that JavaScript reads.
pub(crate) trait Operation {
    /// Runs once.
    fn run(&self);
}

/// Makes a function that runs `operation`, which lives as long as the function does.
pub(crate) fn plain_function<'env, T: Operation + 'static>(
    env: &'env Env,
    name: &str,
    operation: Rc<T>,
) -> Result<Function<'env, (), ()>> {
    let data = Rc::into_raw(operation).cast_mut().cast();
    let mut function = ptr::null_mut();
    // SAFETY: name is a valid string of its length; data outlives the function, whose finalizer below gives it back.
    let created = unsafe {
        sys::napi_create_function(
            env.raw(),
            name.as_ptr().cast(),
            name.len().cast_signed(),
            Some(call::<T>),
            data,
            &mut function,
        )
    };
    // SAFETY: function was made above; when either call failed nobody can reach data, which then stays allocated.
    let finalized = unsafe {
        sys::napi_add_finalizer(
            env.raw(),
            function,
            data,
            Some(release::<T>),
            ptr::null_mut(),
            ptr::null_mut(),
        )
    };
    check_status!(created)?;
    check_status!(finalized)?;
    // SAFETY: the handle was just made in this environment and scope.
    unsafe { Function::from_napi_value(env.raw(), function) }
}

unsafe extern "C" fn call<T: Operation>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
) -> sys::napi_value {
    let mut data = ptr::null_mut();
    // SAFETY: env and info are what Node.js called with; the other results are not wanted.
    unsafe {
        sys::napi_get_cb_info(
            env,
            info,
            ptr::null_mut(),
            ptr::null_mut(),
            ptr::null_mut(),
            &mut data,
        );
    }
    // SAFETY: data is what `plain_function` gave, alive until the function is finalized.
    if let Some(operation) = unsafe { data.cast::<T>().as_ref() } {
        operation.run();
    }
    ptr::null_mut()
}

unsafe extern "C" fn release<T>(
    _: sys::napi_env,
    data: *mut std::ffi::c_void,
    _: *mut std::ffi::c_void,
) {
    // SAFETY: the pointer came from `Rc::into_raw` of the same type, and the finalizer runs once.
    drop(unsafe { Rc::from_raw(data.cast::<T>().cast_const()) });
}
