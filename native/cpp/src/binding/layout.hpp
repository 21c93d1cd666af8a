#pragma once

#include <napi.h>

namespace holdfast::binding {

/// Returns the record layout, the ring's layout and bounds, and the codes as a plain object. The
/// tests of TypeScript compare their own constants with it.
Napi::Object layout(Napi::Env env);

}  // namespace holdfast::binding
