use obs_runtime::service;

#[service(name = "greeter")]
struct Greeter;

#[service]
impl Greeter {
    async fn greet(&self, name: &str) -> Result<String, String> {
        if name.is_empty() {
            return Err("nobody to greet".to_owned());
        }
        tracing::info!(name, "greeting");
        Ok(format!("Hello, {name}!"))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let running = obs_runtime::start::<Greeter>()?;
    for name in ["Ada", "", "Grace"] {
        println!("{:?}", Greeter.greet(name).await);
    }
    println!("open http://127.0.0.1:9464/monitoring, stop with Ctrl-C");
    tokio::signal::ctrl_c().await?;
    running.shutdown().await;
    Ok(())
}
