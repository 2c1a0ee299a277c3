use obs_runtime::health_check;

#[health_check("database", kind = liveness)]
fn database() -> Result<(), std::io::Error> {
    std::net::TcpStream::connect("db:5432").map(drop)
}

fn main() {}
