fn sum(values: &[u64]) -> u64 {
    let mut __obs_op = ::obs_runtime::__private::Op::new();
    {
        ///Counts Operation operation=sum
        const __OBS_OPERATION: ::obs_runtime::__private::OperationDef = ::obs_runtime::__private::OperationDef {
            name: "sum",
            service: "",
            function: ::core::concat!(::core::module_path!(), "::", "sum"),
            span: ::core::option::Option::None,
            blocks: &[
                ::obs_runtime::__private::BlockDef {
                    family: ::obs_runtime::__private::OperationFamily::Operation,
                    constants: &[("operation", "sum")],
                    buckets: ::obs_runtime::__private::schema::bucket::DEFAULT_DURATION_BUCKETS,
                },
            ],
            labels: &[],
            outcomes: 5u8,
            slow_secs: 0f64,
            root: false,
            attributes: &[],
            source: ::obs_runtime::__private::Source {
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
            },
        };
        static __OBS_CALLSITE: ::obs_runtime::__private::Callsite = ::obs_runtime::__private::Callsite::new(
            &__OBS_OPERATION,
        );
        #[::obs_runtime::__private::linkme::distributed_slice(
            ::obs_runtime::__private::CALLSITES
        )]
        #[linkme(crate = ::obs_runtime::__private::linkme)]
        static __OBS_LISTED: &::obs_runtime::__private::Callsite = &__OBS_CALLSITE;
        __obs_op
            .enter_unjudged(
                &__OBS_CALLSITE,
                ::obs_runtime::__private::SeriesKey::Index(0),
                ::core::option::Option::None,
            )
    };
    { values.iter().sum() }
}
