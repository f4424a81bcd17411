// Python's two ways to put values into a text: "%s of %d" % (...) and "{} of {}".format(...).
//
// What templates use of them: strings, integers and floats with width, precision and sign.
#pragma once

#include "base/result.h"
#include "engine/template/value.h"

namespace temper::engine::jinja {

Result<Value> format_percent(Heap& heap, const MarkedText& pattern, const Value& values);
Result<Value> format_braces(Heap& heap, const MarkedText& pattern, const Arguments& values);

}  // namespace temper::engine::jinja
