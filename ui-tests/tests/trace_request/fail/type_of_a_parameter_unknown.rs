use obs_runtime::{Label, trace_request};

#[derive(Label)]
enum Region {
    Europe,
}

#[trace_request(labels(region = region))]
fn parameter(region: &Regoin) -> Result<(), String> {
    drop(region);
    Ok(())
}

#[trace_request(labels(region = region, max_series = 10))]
async fn capped(region: &Regoin) {
    let _ = region;
}

#[trace_request(labels(region = region.clone()))]
async fn expression(region: Regoin) {
    drop(region);
}

#[trace_request(labels(region: Regoin = region))]
fn written(region: &Region) -> Result<(), String> {
    let _ = region;
    Ok(())
}

fn main() {
    drop(written(&Region::Europe));
}
