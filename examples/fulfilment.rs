//! The way of an order through a shop: fifteen states in groups, and a picture of them.
//!
//! `cargo run --example fulfilment > order.svg` draws the machine; random walks through the declared
//! graph drive a real one.
//!
//! The same picture stands in the docs of `OrderState` with the feature `diagrams`.

use genserver_runtime::prelude::*;
use genserver_runtime::{ServerError, Trigger};

/// One order.
pub struct Order;

/// The customer is still choosing.
pub struct Cart;
/// The shop waits for the money.
pub struct AwaitingPayment;
/// Somebody looks at a payment that was flagged.
pub struct PaymentReview;
/// The money has come.
pub struct Paid;
/// The warehouse looks for the goods.
pub struct Allocating;
/// The goods are not there, and were ordered.
pub struct BackOrdered;
/// The goods are fetched from their shelves.
pub struct Picking;
/// The parcel is closed.
pub struct Packed;
/// The carrier has the parcel.
pub struct HandedOver;
/// The parcel is in the van.
pub struct OutForDelivery;
/// Nobody has opened the door.
pub struct DeliveryFailed;
/// The customer has the parcel.
pub struct Delivered;
/// The parcel is on its way back.
pub struct Returning;
/// The customer has the goods, or the money again.
pub struct Completed;
/// Nothing was sent, and nothing will be.
pub struct Cancelled;

#[genserver(states(
    Open {
        Cart: initial,
        Payment { AwaitingPayment, PaymentReview },
    },
    Paid,
    Warehouse { Allocating, BackOrdered, Picking, Packed },
    Transit { HandedOver, OutForDelivery, DeliveryFailed },
    Delivered,
    Returning,
    Completed: terminal,
    Cancelled: terminal,
))]
impl Order {
    /// An empty cart.
    #[init]
    pub fn new() -> (Self, Cart) {
        (Self, Cart)
    }

    /// Something is put into the cart.
    #[call(Cart => Cart)]
    pub fn add_item(&self) {}

    /// The customer wants to pay.
    #[call(Cart => AwaitingPayment)]
    pub fn check_out(&self) {}

    /// The customer goes back to the cart.
    #[call(AwaitingPayment => Cart)]
    pub fn edit(&self) {}

    /// The money arrives.
    #[call(Payment => Paid)]
    pub fn accept_payment(&self) {}

    /// The payment looks odd; somebody looks at it.
    #[call(AwaitingPayment => PaymentReview)]
    pub fn flag_payment(&self) {}

    /// The customer goes away, or nothing will ever be in stock.
    #[call(Open | Paid | BackOrdered => Cancelled)]
    pub fn cancel(&self) {}

    /// The warehouse gets the order.
    #[call(Paid => Allocating)]
    pub fn release(&self) {}

    /// All of it is there.
    #[call(Allocating => Picking)]
    pub fn reserve(&self) {}

    /// Some of it is not.
    #[call(Allocating => BackOrdered)]
    pub fn order_more(&self) {}

    /// What was missing arrives.
    #[call(BackOrdered => Allocating)]
    pub fn restock(&self) {}

    /// Something is broken; another one is needed.
    #[call(Picking => Allocating)]
    pub fn report_damage(&self) {}

    /// All lies in the parcel.
    #[call(Picking => Packed)]
    pub fn pack(&self) {}

    /// The carrier fetches it.
    #[call(Packed => HandedOver)]
    pub fn hand_over(&self) {}

    /// It is put into a van.
    #[call(HandedOver => OutForDelivery)]
    pub fn load(&self) {}

    /// Somebody opens the door.
    #[call(OutForDelivery => Delivered)]
    pub fn deliver(&self) {}

    /// Nobody is at home.
    #[call(OutForDelivery => DeliveryFailed)]
    pub fn miss(&self) {}

    /// The van comes again.
    #[call(DeliveryFailed => OutForDelivery)]
    pub fn retry(&self) {}

    /// The parcel goes back.
    #[call(DeliveryFailed | Delivered => Returning)]
    pub fn send_back(&self) {}

    /// The customer has not paid.
    #[state_timeout(AwaitingPayment, after = "24h" => Cancelled)]
    fn forget(&self) {}

    /// The time to send it back has passed.
    #[state_timeout(Delivered, after = "30d" => Completed)]
    fn keep(&self) {}

    /// The customer gets the money again.
    #[call(Returning => Completed)]
    pub fn refund(&self) {}
}

/// Sends the message of that name.
async fn send(order: &OrderClient, message: &str) -> Result<(), ServerError> {
    match message {
        "add_item" => order.add_item().await,
        "check_out" => order.check_out().await,
        "edit" => order.edit().await,
        "accept_payment" => order.accept_payment().await,
        "flag_payment" => order.flag_payment().await,
        "cancel" => order.cancel().await,
        "release" => order.release().await,
        "reserve" => order.reserve().await,
        "order_more" => order.order_more().await,
        "restock" => order.restock().await,
        "report_damage" => order.report_damage().await,
        "pack" => order.pack().await,
        "hand_over" => order.hand_over().await,
        "load" => order.load().await,
        "deliver" => order.deliver().await,
        "miss" => order.miss().await,
        "retry" => order.retry().await,
        "send_back" => order.send_back().await,
        "refund" => order.refund().await,
        other => unreachable!("no handler declares `{other}`"),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let graph = Order::GRAPH;
    let (mut steps, mut ended, mut late) = (0, 0, 0);
    for walk in graph.walks(1).take(100) {
        let order = Order::start().await?;
        for edge in walk.iter().map(|&edge| graph.edges[edge]) {
            if edge.trigger == Trigger::TimeOut {
                // Nobody waits for that here.
                late += 1;
                break;
            }
            send(&order, edge.label).await?;
            assert_eq!(order.state().await?.to_string(), graph.states[edge.to].name);
            ended += u32::from(graph.states[edge.to].terminal);
            steps += 1;
        }
        order.stop().await?;
    }
    eprintln!("100 orders took {steps} steps, {ended} came to an end, {late} wait for theirs");
    print!("{}", graph.to_svg());
    Ok(())
}

#[cfg(test)]
mod tests {
    use genserver_runtime::{Trigger, machine};

    use super::Order;

    #[tokio::test(start_paused = true)]
    async fn an_order_does_what_it_declares() {
        let report = machine::conformance::<Order>().seed(1).run(|_| Order::start()).await;
        report.assert_clean();
        // What time brings is not driven.
        let edges = Order::GRAPH.edges.iter().filter(|edge| edge.trigger == Trigger::Call);
        assert_eq!(report.taken, edges.copied().collect::<Vec<_>>());
    }
}
