use obs_runtime::{Label, trace_request};

#[derive(Label, Clone, Copy)]
enum Region {
    Europe,
}

struct Shop {
    region: Region,
}

impl Shop {
    #[trace_request("place", labels(tenant = tenant, region = self.region, max_series = 100))]
    fn place(&self, tenant: &str) -> usize {
        tenant.len() + self.region as usize
    }
}

fn main() {
    let _ = Shop { region: Region::Europe }.place("a");
}
