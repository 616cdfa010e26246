//! What a registry knows besides its entries: one value a type.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::registry::Registry;

/// Values by their types.
pub(crate) struct Meta(RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Meta {
    pub(crate) fn new() -> Self {
        Self(RwLock::new(HashMap::new()))
    }

    fn put<T: Any + Send + Sync>(&self, value: T) {
        let value = Arc::new(value);
        let mut values = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let old = values.insert(TypeId::of::<T>(), value);
        drop(values);
        drop(old);
    }

    fn get<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let values = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let value = values.get(&TypeId::of::<T>()).cloned();
        drop(values);
        value?.downcast().ok()
    }

    fn delete<T: Any>(&self) {
        let mut values = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let old = values.remove(&TypeId::of::<T>());
        drop(values);
        drop(old);
    }
}

impl<K, C, V, M> Registry<K, C, V, M> {
    /// Keeps a value with the registry, in place of one of the same type. Like
    /// `Registry.put_meta/3`; differs: the value's type is its key.
    ///
    /// ```
    /// # use genserver_runtime::prelude::*; struct Cart(u32); #[genserver]
    /// # impl Cart { #[call] fn items(&self) -> u32 { self.0 } }
    /// #[derive(Clone, Debug, PartialEq)]
    /// struct Region(&'static str);
    ///
    /// let carts: Registry<u64, CartClient> = Registry::new();
    /// carts.put_meta(Region("north"));
    /// assert_eq!(carts.meta(), Some(Region("north")));
    /// carts.delete_meta::<Region>();
    /// assert_eq!(carts.meta::<Region>(), None);
    /// ```
    pub fn put_meta<T: Clone + Send + Sync + 'static>(&self, value: T) {
        self.table.meta.put(value);
    }

    /// The value of this type that is kept with the registry. Like `Registry.meta/2`; see
    /// [`put_meta`](Registry::put_meta).
    #[must_use]
    pub fn meta<T: Clone + Send + Sync + 'static>(&self) -> Option<T> {
        self.table.meta.get::<T>().map(|value| T::clone(&value))
    }

    /// Forgets the value of this type. Like `Registry.delete_meta/2`; see
    /// [`put_meta`](Registry::put_meta).
    pub fn delete_meta<T: 'static>(&self) {
        self.table.meta.delete::<T>();
    }
}
