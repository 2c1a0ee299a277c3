//! Greets people, and measures, traces and logs itself while it does.

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
    println!("{:?}", Greeter.greet("Ada").await);
    println!("{:?}", Greeter.greet("").await);
    let address = running.address().ok_or("no listener")?;
    println!("open http://{address}/monitoring, stop with Ctrl-C");
    tokio::signal::ctrl_c().await?;
    running.shutdown().await;
    Ok(())
}
