use obs_runtime::trace_request;

use obs_runtime::trace::SpanContext;

#[trace_request("place", parent = context, root)]
fn place(context: &SpanContext) -> bool {
    std::ptr::from_ref(context).is_null()
}

fn main() {}
