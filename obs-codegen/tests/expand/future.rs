fn reply(&self) -> Pin<Box<dyn Future<Output = Reply> + Send + '_>> {
    let __obs_op = {
        ///Counts Operation operation=reply
        const __OBS_OPERATION: ::obs_runtime::__private::OperationDef = ::obs_runtime::__private::OperationDef {
            name: "reply",
            service: "",
            function: ::core::concat!(::core::module_path!(), "::", "reply"),
            span: ::core::option::Option::Some(
                ::obs_runtime::__private::SpanKind::Internal,
            ),
            blocks: &[
                ::obs_runtime::__private::BlockDef {
                    family: ::obs_runtime::__private::OperationFamily::Operation,
                    constants: &[("operation", "reply")],
                    buckets: ::obs_runtime::__private::schema::bucket::DEFAULT_DURATION_BUCKETS,
                },
            ],
            labels: &[],
            outcomes: 15u8,
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
        ::obs_runtime::__private::Later::new(
            &__OBS_CALLSITE,
            ::obs_runtime::__private::SeriesKey::Index(0),
            ::core::option::Option::None,
        )
    };
    let __obs_future = ::obs_runtime::__private::future_of::<
        Reply,
        _,
    >(
        ::obs_runtime::__private::call(move || -> Pin<
            Box<dyn Future<Output = Reply> + Send + '_>,
        > { Box::pin(async move { self.ask().await }) }),
    );
    ::obs_runtime::__private::boxed(
        __obs_op
            .observe(
                __obs_future,
                |__obs_value| ::obs_runtime::__private::ok_if(
                    {
                        use ::obs_runtime::__private::{
                            ByDisplay as _, ByOutcome as _, ByOutcomeAndDisplay as _,
                            ByResult as _, ByValue as _,
                        };
                        (&&&&&::obs_runtime::__private::Classify(__obs_value)).verdict()
                    },
                    __obs_value,
                    Reply::is_fine,
                ),
            ),
    )
}
