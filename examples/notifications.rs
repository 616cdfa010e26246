//! A notification queue: putting something in waits for nobody, looking at it is a call.

use genserver_runtime::prelude::*;

/// The queue, newest first.
#[derive(Default)]
pub struct Notifications {
    queue: Vec<String>,
}

#[genserver]
impl Notifications {
    /// An empty queue.
    #[init]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a notification in front.
    #[cast]
    pub fn enqueue(&mut self, #[into] notification: String) {
        self.queue.insert(0, notification);
    }

    /// All notifications, newest first.
    #[call]
    pub fn get_queue(&self) -> Vec<String> {
        self.queue.clone()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let queue = Notifications::start().await?;
    queue.enqueue("Email notification").await?;
    queue.enqueue("SMS notification").await?;
    // Sent after the casts by the same caller, so handled after them.
    println!("{:?}", queue.get_queue().await?);
    Ok(())
}
