//! Log records as they were received.

use std::sync::Mutex;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use prost::Message;

pub(crate) fn records(bodies: &Mutex<Vec<Vec<u8>>>) -> Vec<LogRecord> {
    let bodies = bodies.lock().unwrap();
    let requests = bodies
        .iter()
        .map(|body| ExportLogsServiceRequest::decode(&**body).unwrap());
    let resources = requests.flat_map(|request| request.resource_logs);
    let scopes = resources.flat_map(|resource| resource.scope_logs);
    scopes.flat_map(|scope| scope.log_records).collect()
}
