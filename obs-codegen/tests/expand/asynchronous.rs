async fn orders(&self) -> Result<Vec<Order>, Error> {
    let mut __obs_op = ::obs_runtime::__private::Task::new();
    {
        ///Counts Database db_system_name=sqlite,db_operation_name=select,db_collection_name=orders
        const __OBS_OPERATION: ::obs_runtime::__private::OperationDef = ::obs_runtime::__private::OperationDef {
            name: "select orders",
            service: "",
            function: ::core::concat!(::core::module_path!(), "::", "orders"),
            span: ::core::option::Option::Some(
                ::obs_runtime::__private::SpanKind::Client,
            ),
            blocks: &[
                ::obs_runtime::__private::BlockDef {
                    family: ::obs_runtime::__private::OperationFamily::Database,
                    constants: &[
                        ("db_system_name", "sqlite"),
                        ("db_operation_name", "select"),
                        ("db_collection_name", "orders"),
                    ],
                    buckets: ::obs_runtime::__private::schema::bucket::DEFAULT_DURATION_BUCKETS,
                },
            ],
            labels: &[],
            outcomes: 15u8,
            slow_secs: 0f64,
            root: false,
            attributes: &[
                ("db.system.name", "sqlite"),
                ("db.operation.name", "select"),
                ("db.collection.name", "orders"),
            ],
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
            .enter(
                &__OBS_CALLSITE,
                ::obs_runtime::__private::SeriesKey::Index(0),
                ::core::option::Option::None,
            )
    };
    let __obs_future = ::core::pin::pin!(
        async move { #[allow(unreachable_code, clippy::all, clippy::pedantic)] if false {
        let __obs_typed : Result < Vec < Order >, Error > = loop {}; return __obs_typed;
        } { self.db.query(). await } }
    );
    let __obs_value = __obs_op.observe(__obs_future).await;
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
