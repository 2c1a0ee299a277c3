pub struct Shop;
#[automatically_derived]
impl ::obs_runtime::__private::Service for Shop {
    const DEF: ::obs_runtime::__private::ServiceDef = ::obs_runtime::__private::ServiceDef {
        name: "shop",
        version: ::core::env!("CARGO_PKG_VERSION"),
        namespace: "",
        series_budget: ::obs_runtime::__private::schema::cardinality::DEFAULT_SERIES_BUDGET,
        source: ::obs_runtime::__private::Source {
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
        },
    };
    const MONITORING: ::obs_runtime::__private::schema::monitoring::Monitoring = MONITORING;
}
const _: () = ::obs_runtime::__private::schema::monitoring::Monitoring::assert_valid(
    &<Shop as ::obs_runtime::__private::Service>::MONITORING,
);
