/// Places an order.
pub fn place(order: &Order, express: bool) -> Result<u64, Error> {
    #![allow(unused)]
    let mut __obs_op = ::obs_runtime::__private::Op::new();
    {
        #[allow(unused_imports)]
        use counted as _;
        ///Counts Operation operation=place
        const __OBS_OPERATION: ::obs_runtime::__private::OperationDef = ::obs_runtime::__private::OperationDef {
            name: "place",
            service: "",
            function: ::core::concat!(::core::module_path!(), "::", "place"),
            span: ::core::option::Option::Some(
                ::obs_runtime::__private::SpanKind::Internal,
            ),
            blocks: &[
                ::obs_runtime::__private::BlockDef {
                    family: ::obs_runtime::__private::OperationFamily::Operation,
                    constants: &[("operation", "place")],
                    buckets: ::obs_runtime::__private::schema::bucket::DEFAULT_DURATION_BUCKETS,
                },
            ],
            labels: &[
                ::obs_runtime::__private::LabelDef {
                    name: "express",
                    values: ::obs_runtime::__private::Values::Finite(
                        ::obs_runtime::__private::values_of(
                            ::obs_runtime::__private::TypeOf::<bool>::NEW,
                        ),
                    ),
                },
            ],
            outcomes: 7u8,
            slow_secs: 0f64,
            root: false,
            attributes: &[],
            source: ::obs_runtime::__private::Source {
                module: ::core::module_path!(),
                file: ::core::file!(),
                line: ::core::line!(),
            },
        };
        const _: () = ::obs_runtime::__private::assert_labels(
            &__OBS_OPERATION,
            ::obs_runtime::__private::schema::cardinality::DEFAULT_SERIES_BUDGET,
            "; leave out a label",
        );
        static __OBS_CALLSITE: ::obs_runtime::__private::Callsite = ::obs_runtime::__private::Callsite::new(
            &__OBS_OPERATION,
        );
        #[::obs_runtime::__private::linkme::distributed_slice(
            ::obs_runtime::__private::CALLSITES
        )]
        #[linkme(crate = ::obs_runtime::__private::linkme)]
        static __OBS_LISTED: &::obs_runtime::__private::Callsite = &__OBS_CALLSITE;
        use ::obs_runtime::__private::{AnyValue as _, LabelValue as _};
        __obs_op
            .enter(
                &__OBS_CALLSITE,
                ::obs_runtime::__private::SeriesKey::Index(
                    (&::obs_runtime::__private::LabelProbe(&(express) as &(bool)))
                        .radix(0),
                ),
                ::core::option::Option::None,
            )
    };
    if let ::core::option::Option::Some(__obs_recorder) = __obs_op.recorder() {
        __obs_recorder.attribute("order.id", &(order.id));
    }
    let __obs_value = ::obs_runtime::__private::call(move || -> Result<u64, Error> {
        store(order)?;
        Ok(order.id)
    });
    if __obs_op.is_active() {
        __obs_op
            .finish({
                use ::obs_runtime::__private::{
                    ByDisplay as _, ByOutcome as _, ByOutcomeAndDisplay as _,
                    ByResult as _, ByValue as _,
                };
                (&&&&&::obs_runtime::__private::Classify(&__obs_value)).verdict()
            });
    }
    __obs_value
}
