//! What an expansion asks about a type before the program runs.

use std::marker::PhantomData;

use obs_schema::cardinality::DEFAULT_SERIES_BUDGET;

use crate::label::Label;
use crate::service::Service;

/// Asks whether a concrete type implements a trait: `Probe::<T>::LABEL_VALUES` is the constant below
/// if it does, and that of [`ProbeDefault`] if it does not, because a type's own constants are found
/// before those of a trait.
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<T>);

/// The answers for types that do not implement the trait in question.
pub trait ProbeDefault {
    /// There is no closed set of values.
    const LABEL_VALUES: Option<&'static [&'static str]> = None;

    /// How many series an operation of a type that is no service may have.
    const SERIES_BUDGET: u64 = DEFAULT_SERIES_BUDGET;
}

impl<T: ?Sized> ProbeDefault for Probe<T> {}

impl<T: Label + ?Sized> Probe<T> {
    /// The closed set of values of a label.
    pub const LABEL_VALUES: Option<&'static [&'static str]> = Some(T::VALUES);
}

impl<T: Service + ?Sized> Probe<T> {
    /// How many series an operation of the service may have.
    pub const SERIES_BUDGET: u64 = T::DEF.series_budget;
}

/// Stands for a type.
#[derive(Debug)]
pub struct TypeOf<T: ?Sized>(PhantomData<fn(&T)>);

impl<T: ?Sized> TypeOf<T> {
    /// Stands for the type that is written.
    pub const NEW: Self = Self(PhantomData);
}

/// The type of an expression, without a reference around it.
pub trait TypeOfValue {
    /// Only called in closures that never run.
    fn __obs_type(&self) -> TypeOf<Self>;
}

impl<T: ?Sized> TypeOfValue for T {
    fn __obs_type(&self) -> TypeOf<Self> {
        TypeOf(PhantomData)
    }
}

/// The closed set of values of a label whose type is known.
#[must_use]
pub const fn values_of<L: Label + ?Sized>(_type: TypeOf<L>) -> &'static [&'static str] {
    L::VALUES
}

/// The closed set of values of the label that the body of a closure has the type of. The closure
/// stands for an expression over parameters; it is never called.
#[must_use]
pub const fn label_values<Parameters, L: Label + ?Sized>(
    _expression: &impl FnOnce(Parameters) -> TypeOf<L>,
) -> &'static [&'static str] {
    L::VALUES
}

/// The value of a label in a call. A type that is no [`Label`] has an index as well: the definition of
/// the operation has refused it already, and one mistake is one error.
#[derive(Debug)]
pub struct LabelProbe<'a, T: ?Sized>(pub &'a T);

/// [`LabelProbe`] of a [`Label`].
pub trait LabelValue {
    /// Adds the label to the number of a combination.
    fn radix(&self, index: usize) -> usize;

    /// The value.
    fn text(&self) -> &'static str;
}

/// [`LabelProbe`] of another type.
pub trait AnyValue {
    /// The number as it is.
    fn radix(&self, index: usize) -> usize;

    /// Nothing.
    fn text(&self) -> &'static str;
}

impl<L: Label + ?Sized> LabelValue for LabelProbe<'_, L> {
    #[inline(always)]
    fn radix(&self, index: usize) -> usize {
        crate::__private::radix(index, self.0)
    }

    #[inline(always)]
    fn text(&self) -> &'static str {
        self.0.as_str()
    }
}

impl<T: ?Sized> AnyValue for &LabelProbe<'_, T> {
    fn radix(&self, index: usize) -> usize {
        index
    }

    fn text(&self) -> &'static str {
        ""
    }
}
