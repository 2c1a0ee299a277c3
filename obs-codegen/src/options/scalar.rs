//! Literals, as the rule book takes them.

use obs_schema::option::Given;
use syn::{Expr, ExprLit, Lit, UnOp};

/// A literal, as the rule book takes it.
pub(super) enum Scalar {
    Text(String),
    Int(i128),
    Float(f64),
    Bool(bool),
    /// A number with a suffix such as `10s`, a character, bytes.
    Other,
}

impl Scalar {
    pub(super) fn given(&self) -> Option<Given<'_>> {
        Some(match self {
            Self::Text(text) => Given::Text(text),
            Self::Int(number) => Given::Int(*number),
            Self::Float(number) => Given::Float(*number),
            Self::Bool(value) => Given::Bool(*value),
            Self::Other => return None,
        })
    }

    fn negated(self) -> Self {
        match self {
            Self::Int(number) => Self::Int(-number),
            Self::Float(number) => Self::Float(-number),
            _ => Self::Other,
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }
}

pub(super) fn scalar(literal: &Lit) -> Option<Scalar> {
    Some(match literal {
        Lit::Str(text) => Scalar::Text(text.value()),
        Lit::Bool(value) => Scalar::Bool(value.value),
        Lit::Int(number) if is_number_suffix(number.suffix()) => {
            number.base10_parse().map_or(Scalar::Other, Scalar::Int)
        }
        Lit::Float(number) if is_number_suffix(number.suffix()) => {
            number.base10_parse().map_or(Scalar::Other, Scalar::Float)
        }
        _ => Scalar::Other,
    })
}

fn is_number_suffix(suffix: &str) -> bool {
    matches!(
        suffix,
        "" | "f64" | "f32" | "u8" | "u16" | "u32" | "u64" | "usize" | "i32" | "i64"
    )
}

/// A literal, a negative number, or one of the constants `f64::NAN` and `f64::INFINITY`,
/// which the rule book answers better than "not a number literal".
pub(super) fn literal_of(expr: &Expr) -> Option<Scalar> {
    match expr {
        Expr::Lit(ExprLit { lit, .. }) => scalar(lit),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            literal_of(&unary.expr).map(Scalar::negated)
        }
        Expr::Path(path) => match path.path.segments.last()?.ident.to_string().as_str() {
            "NAN" => Some(Scalar::Float(f64::NAN)),
            "INFINITY" => Some(Scalar::Float(f64::INFINITY)),
            "NEG_INFINITY" => Some(Scalar::Float(f64::NEG_INFINITY)),
            _ => None,
        },
        Expr::Group(group) => literal_of(&group.expr),
        _ => None,
    }
}
