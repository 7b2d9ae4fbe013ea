//! WebDriver commands for which the client library has no methods.

use anyhow::Result;
use serde_json::Value;
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::{RequestData, SessionId, WebDriver, WebElement};

/// A command to a session's driver, with its path below that of the session.
#[derive(Debug)]
struct Command {
    method: &'static str,
    path: String,
    body: Option<Value>,
}

impl FormatRequestData for Command {
    fn format_request(&self, session: &SessionId) -> RequestData {
        let method = self.method.parse().expect("it is a method of HTTP");
        let request = RequestData::new(method, format!("session/{session}/{}", self.path));
        match &self.body {
            Some(body) => request.add_body(body.clone()),
            None => request,
        }
    }
}

/// Sends a command with these parameters and returns the driver's answer.
pub async fn post(driver: &WebDriver, path: &str, parameters: Value) -> Result<Value> {
    let command = Command { method: "POST", path: path.to_owned(), body: Some(parameters) };
    Ok(driver.handle().cmd(command).await?.value()?)
}

/// Returns role and name of an element, as the browser reports them to a screen reader.
pub async fn role_and_name(element: &WebElement) -> Result<[String; 2]> {
    Ok([computed(element, "role").await?, computed(element, "label").await?])
}

async fn computed(element: &WebElement, what: &str) -> Result<String> {
    let path = format!("element/{}/computed{what}", element.element_id());
    Ok(element.handle().cmd(Command { method: "GET", path, body: None }).await?.value()?)
}
