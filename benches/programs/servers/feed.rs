//! Tells its readers what is new.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use genserver_runtime::prelude::*;

/// What is told.
#[derive(Clone, Debug)]
pub struct News {
    pub number: u64,
    pub topic: Arc<str>,
    pub text: Arc<str>,
}

/// Where it comes from could not be reached.
#[derive(Debug)]
pub struct Unreachable(pub String);

/// Says that there may be more.
pub struct Poke {
    pub from: String,
}

pub struct Feed {
    source: String,
    news: VecDeque<News>,
    readers: BTreeMap<u32, u64>,
    waiting: Vec<ReplyTo<News>>,
    number: u64,
}

#[genserver(name = "feed", shutdown = "10s", hibernate_after = "5m")]
impl Feed {
    /// A feed from this source.
    #[init]
    pub async fn open(#[into] source: String, readers: Vec<u32>) -> Result<Self, Unreachable> {
        if std::future::ready(source.is_empty()).await {
            return Err(Unreachable(source));
        }
        let readers = readers.into_iter().map(|reader| (reader, 0)).collect();
        Ok(Self { source, news: VecDeque::new(), readers, waiting: Vec::new(), number: 0 })
    }

    /// The newest.
    #[call]
    pub fn newest(&self) -> Option<News> {
        self.news.back().cloned()
    }

    /// What is new to a reader.
    #[call]
    pub fn read(&mut self, reader: u32, most: usize) -> Vec<News> {
        let seen = self.readers.entry(reader).or_default();
        let unread: Vec<News> =
            self.news.iter().filter(|news| news.number > *seen).take(most).cloned().collect();
        *seen = unread.last().map_or(*seen, |news| news.number);
        unread
    }

    /// The next, when it comes.
    #[call(timeout = infinity)]
    pub fn next(&mut self, reply: ReplyTo<News>) {
        self.waiting.push(reply);
    }

    /// What is told of a topic.
    #[call]
    pub fn find(&self, topic: String) -> Vec<u64> {
        let of_topic = self.news.iter().filter(|news| *news.topic == topic);
        of_topic.map(|news| news.number).collect()
    }

    /// Reads on at the source.
    #[call(timeout = "30s")]
    pub async fn refresh(&mut self, topics: Vec<Arc<str>>) -> Result<u64, Unreachable> {
        for topic in topics {
            let text = std::future::ready(Some(self.source.as_str())).await;
            let text = text.ok_or_else(|| Unreachable(self.source.clone()))?.into();
            self.tell(topic, text);
        }
        Ok(self.number)
    }

    /// Tells something.
    #[cast]
    pub fn post(&mut self, topic: Arc<str>, text: Arc<str>) {
        self.tell(topic, text);
    }

    /// Another reader.
    #[cast]
    pub fn join(&mut self, reader: u32) {
        self.readers.insert(reader, self.number);
    }

    /// A reader less.
    #[cast(unbounded)]
    pub fn leave(&mut self, reader: u32) {
        self.readers.remove(&reader);
    }

    #[info]
    fn poked(&mut self, cx: &mut Cx<Self>, poke: Poke) {
        if poke.from != self.source {
            cx.stop(ExitReason::Normal);
        }
    }

    #[idle("10m")]
    fn rest(&mut self, cx: &mut Cx<Self>) {
        self.news.shrink_to_fit();
        cx.hibernate();
    }

    #[terminate]
    async fn close(&mut self, _reason: &ExitReason) {
        self.waiting.clear();
        std::future::ready(()).await;
    }
}

impl Feed {
    fn tell(&mut self, topic: Arc<str>, text: Arc<str>) {
        self.number += 1;
        let news = News { number: self.number, topic, text };
        for reply in self.waiting.drain(..) {
            let _ = reply.reply(news.clone());
        }
        self.news.push_back(news);
    }
}
