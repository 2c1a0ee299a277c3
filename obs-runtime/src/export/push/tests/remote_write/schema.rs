//! The messages of both versions, as the specifications declare them.

/// A sample of both versions. The first does not have the third field.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Sample {
    #[prost(double, tag = "1")]
    pub(super) value: f64,
    #[prost(int64, tag = "2")]
    pub(super) timestamp: i64,
    #[prost(int64, tag = "3")]
    pub(super) start_timestamp: i64,
}

/// `prometheus.WriteRequest` of 1.0.
pub(super) mod first {
    use super::Sample;

    #[derive(Clone, PartialEq, prost::Message)]
    pub(in super::super) struct WriteRequest {
        #[prost(message, repeated, tag = "1")]
        pub(in super::super) timeseries: Vec<TimeSeries>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub(in super::super) struct TimeSeries {
        #[prost(message, repeated, tag = "1")]
        pub(in super::super) labels: Vec<Label>,
        #[prost(message, repeated, tag = "2")]
        pub(in super::super) samples: Vec<Sample>,
        #[prost(message, repeated, tag = "3")]
        pub(in super::super) exemplars: Vec<Exemplar>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub(in super::super) struct Label {
        #[prost(string, tag = "1")]
        pub(in super::super) name: String,
        #[prost(string, tag = "2")]
        pub(in super::super) value: String,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub(in super::super) struct Exemplar {
        #[prost(message, repeated, tag = "1")]
        pub(in super::super) labels: Vec<Label>,
        #[prost(double, tag = "2")]
        pub(in super::super) value: f64,
        #[prost(int64, tag = "3")]
        pub(in super::super) timestamp: i64,
    }
}

/// `io.prometheus.write.v2.Request`.
pub(super) mod second {
    use super::Sample;

    #[derive(Clone, PartialEq, prost::Message)]
    pub(in super::super) struct Request {
        #[prost(string, repeated, tag = "4")]
        pub(in super::super) symbols: Vec<String>,
        #[prost(message, repeated, tag = "5")]
        pub(in super::super) timeseries: Vec<TimeSeries>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub(in super::super) struct TimeSeries {
        #[prost(uint32, repeated, tag = "1")]
        pub(in super::super) labels_refs: Vec<u32>,
        #[prost(message, repeated, tag = "2")]
        pub(in super::super) samples: Vec<Sample>,
        #[prost(message, repeated, tag = "4")]
        pub(in super::super) exemplars: Vec<Exemplar>,
        #[prost(message, optional, tag = "5")]
        pub(in super::super) metadata: Option<Metadata>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub(in super::super) struct Exemplar {
        #[prost(uint32, repeated, tag = "1")]
        pub(in super::super) labels_refs: Vec<u32>,
        #[prost(double, tag = "2")]
        pub(in super::super) value: f64,
        #[prost(int64, tag = "3")]
        pub(in super::super) timestamp: i64,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub(in super::super) struct Metadata {
        #[prost(int32, tag = "1")]
        pub(in super::super) kind: i32,
        #[prost(uint32, tag = "3")]
        pub(in super::super) help_ref: u32,
        #[prost(uint32, tag = "4")]
        pub(in super::super) unit_ref: u32,
    }
}
