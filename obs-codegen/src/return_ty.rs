//! What a function returns, as far as its signature says.

use quote::quote;
use syn::visit_mut::{VisitMut, visit_type_mut};
use syn::{
    AngleBracketedGenericArguments, GenericArgument, PathArguments, PathSegment, ReturnType,
    Signature, Type, TypeInfer, TypeParamBound, TypePath,
};

use crate::known::is_text_or_number;

/// What a function returns.
#[derive(Clone)]
pub struct Returned {
    /// How the value comes.
    pub how: How,
    /// The value; for a future what it resolves to.
    pub value: Value,
}

/// How the returned value comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Directly.
    Directly,
    /// The function is `async`.
    Async,
    /// The function returns a future.
    Future,
    /// The function returns a future in a box.
    BoxedFuture,
}

/// The returned value.
#[derive(Clone)]
pub enum Value {
    /// There is none: `-> !`.
    Never,
    /// It cannot be an error.
    Plain(Type),
    /// It can be an error.
    Fallible(Type),
}

/// Other types that are never a `Result`, by their last segment.
const PLAIN: &[&str] = &[
    "bool",
    "f32",
    "f64",
    "Self",
    "Vec",
    "VecDeque",
    "Option",
    "Cow",
    "Rc",
    "Arc",
    "HashMap",
    "HashSet",
    "BTreeMap",
    "BTreeSet",
    "Duration",
    "Instant",
    "SystemTime",
    "PathBuf",
    "OsString",
    "Uuid",
    "Bytes",
    "StatusCode",
    "JoinHandle",
];

impl Returned {
    /// Reads it off a signature.
    #[must_use]
    pub fn of(sig: &Signature) -> Self {
        let ty = match &sig.output {
            ReturnType::Default => syn::parse_quote!(()),
            ReturnType::Type(_, ty) => peeled(ty).clone(),
        };
        if sig.asyncness.is_some() {
            return Self {
                how: How::Async,
                value: Value::of(ty, sig),
            };
        }
        match future_output(&ty) {
            Some((how, output)) => Self {
                how,
                value: Value::of(output, sig),
            },
            None => Self {
                how: How::Directly,
                value: Value::of(ty, sig),
            },
        }
    }
}

impl Value {
    fn of(ty: Type, sig: &Signature) -> Self {
        match &ty {
            Type::Never(_) => Self::Never,
            _ if is_plain(&ty, sig) => Self::Plain(ty),
            _ => Self::Fallible(ty),
        }
    }

    /// The type, where there is one.
    #[must_use]
    pub fn ty(&self) -> Option<&Type> {
        match self {
            Self::Never => None,
            Self::Plain(ty) | Self::Fallible(ty) => Some(ty),
        }
    }
}

/// The type with `_` for every `impl Trait`, which can only be named in a signature. `None` if
/// nothing would be left.
#[must_use]
pub fn inferable(ty: &Type) -> Option<Type> {
    let mut ty = peeled(ty).clone();
    if matches!(ty, Type::ImplTrait(_)) {
        return None;
    }
    EraseImpl.visit_type_mut(&mut ty);
    Some(ty)
}

struct EraseImpl;

impl VisitMut for EraseImpl {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if matches!(ty, Type::ImplTrait(_)) {
            *ty = Type::Infer(TypeInfer {
                attrs: Vec::new(),
                underscore_token: Default::default(),
            });
        } else {
            visit_type_mut(self, ty);
        }
    }
}

/// A type without the invisible groups and parentheses around it.
#[must_use]
pub fn peeled(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            other => return other,
        };
    }
}

fn is_plain(ty: &Type, sig: &Signature) -> bool {
    match peeled(ty) {
        Type::Path(path) if path.qself.is_none() => {
            let Some(last) = path.path.segments.last() else {
                return false;
            };
            let is_parameter = path.path.get_ident().is_some_and(|ident| {
                sig.generics
                    .type_params()
                    .any(|parameter| parameter.ident == *ident)
            });
            let name = last.ident.to_string();
            is_parameter || is_text_or_number(&name) || PLAIN.contains(&name.as_str())
        }
        Type::Array(_)
        | Type::FnPtr(_)
        | Type::ImplTrait(_)
        | Type::Ptr(_)
        | Type::Reference(_)
        | Type::Slice(_)
        | Type::TraitObject(_)
        | Type::Tuple(_) => true,
        _ => false,
    }
}

/// What a future resolves to, if the type is one of the ways to write a future.
fn future_output(ty: &Type) -> Option<(How, Type)> {
    match ty {
        Type::ImplTrait(bounds) => {
            output_of(bounds.bounds.iter()).map(|output| (How::Future, output))
        }
        Type::Path(path) => boxed_output(path).map(|output| (How::BoxedFuture, output)),
        _ => None,
    }
}

fn boxed_output(path: &TypePath) -> Option<Type> {
    let last = path.path.segments.last()?;
    if last.ident == "BoxFuture" || last.ident == "LocalBoxFuture" {
        return type_arguments(last)?.last().cloned();
    }
    if last.ident != "Pin" {
        return None;
    }
    let pinned = type_arguments(last)?;
    let [Type::Path(pinned)] = pinned.as_slice() else {
        return None;
    };
    let pinned = pinned.path.segments.last()?;
    if pinned.ident != "Box" {
        return None;
    }
    match type_arguments(pinned)?.first()? {
        Type::TraitObject(object) => output_of(object.bounds.iter()),
        _ => None,
    }
}

fn type_arguments(segment: &PathSegment) -> Option<Vec<Type>> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(peeled(ty).clone()),
        _ => None,
    });
    Some(types.collect())
}

fn output_of<'a>(bounds: impl Iterator<Item = &'a TypeParamBound>) -> Option<Type> {
    bounds
        .filter_map(|bound| match bound {
            TypeParamBound::Trait(bound) => bound.path.segments.last(),
            _ => None,
        })
        .find(|segment| segment.ident == "Future")
        .map(|segment| match &segment.arguments {
            PathArguments::AngleBracketed(arguments) => named_output(arguments),
            _ => syn::parse_quote!(()),
        })
}

fn named_output(arguments: &AngleBracketedGenericArguments) -> Type {
    let output = arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(assoc) if assoc.ident == "Output" => {
            Some(peeled(&assoc.ty).clone())
        }
        _ => None,
    });
    output.unwrap_or_else(|| Type::Verbatim(quote!(_)))
}

#[cfg(test)]
mod tests;
