//! Turns, and the runtime of the server.

use http_body_util::Full;

use super::*;

async fn ask(site: &Arc<Site>, path: &str) -> Response<Content> {
    let request = Request::get(path).body(Full::<Bytes>::default()).unwrap();
    site.clone().answer(request).await
}

#[tokio::test]
async fn heavy_answers_wait_for_their_turn() {
    let site = Site::new(Paths::default(), None, Gate::mounted());
    let all = site.at_work.clone();
    let held = all.acquire_many_owned(MAX_AT_WORK as u32).await.unwrap();
    let mut asked = Box::pin(ask(&site, "/monitoring/catalog"));
    assert!(futures::poll!(&mut asked).is_pending());
    assert_eq!(
        ask(&site, "/live").await.status(),
        StatusCode::OK,
        "a probe is not held up"
    );
    drop(held);
    assert_eq!(asked.await.status(), StatusCode::OK);
}

#[tokio::test]
async fn too_many_requests_for_heavy_answers_are_refused() {
    let site = Site::new(Paths::default(), None, Gate::mounted());
    let held = site.asked.acquire_many(MAX_ASKED as u32).await.unwrap();
    let refused = ask(&site, "/monitoring/catalog").await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()[RETRY_AFTER], "1");
    drop(held);
    let answered = ask(&site, "/monitoring/catalog").await;
    assert_eq!(answered.status(), StatusCode::OK);
}

#[test]
fn another_runtime_than_tokio_s_will_do() {
    let site = Site::new(Paths::default(), None, Gate::mounted());
    let answer = futures::executor::block_on(ask(&site, "/monitoring/catalog"));
    assert_eq!(answer.status(), StatusCode::OK);
}
