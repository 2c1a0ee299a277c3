//! The names that expressions in attributes use.

use obs_schema::suggest;
use proc_macro2::Ident;
use syn::ext::IdentExt as _;
use syn::visit::{Visit, visit_expr};
use syn::{Expr, ExprCall, ExprPath};

use crate::diag::Diag;
use crate::params::Params;

/// Reports plain names in lower case that are no parameter of the function.
///
/// Constants and types are written in other cases; what is called may be any function; and inside of
/// closures, blocks and macros there may be names of their own.
pub fn check_names(expr: &Expr, params: &Params, diag: &mut Diag) {
    Names { params, diag }.visit_expr(expr);
}

struct Names<'a> {
    params: &'a Params,
    diag: &'a mut Diag,
}

impl Visit<'_> for Names<'_> {
    fn visit_expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Async(_)
            | Expr::Block(_)
            | Expr::Closure(_)
            | Expr::Const(_)
            | Expr::ForLoop(_)
            | Expr::If(_)
            | Expr::Let(_)
            | Expr::Loop(_)
            | Expr::Macro(_)
            | Expr::Match(_)
            | Expr::Unsafe(_)
            | Expr::While(_) => {}
            other => visit_expr(self, other),
        }
    }

    fn visit_expr_call(&mut self, call: &ExprCall) {
        if !matches!(&*call.func, Expr::Path(_)) {
            self.visit_expr(&call.func);
        }
        for argument in &call.args {
            self.visit_expr(argument);
        }
    }

    fn visit_expr_path(&mut self, path: &ExprPath) {
        let Some(ident) = path.path.get_ident() else {
            return;
        };
        let name = ident.unraw().to_string();
        let is_variable = !name.contains(char::is_uppercase);
        if is_variable && !self.params.has(&name) {
            self.unknown(ident, &name);
        }
    }
}

impl Names<'_> {
    fn unknown(&mut self, ident: &Ident, name: &str) {
        if name == "self" {
            let help = "add a receiver or use a parameter";
            return self.diag.error(
                ident.span(),
                format_args!("the function has no `self`; {help}"),
            );
        }
        let names: Vec<&str> = self.params.names().collect();
        let help = match suggest(name, &names) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if names.is_empty() => "the function has none".to_owned(),
            None => format!("there are `{}`", names.join("`, `")),
        };
        self.diag.error(
            ident.span(),
            format_args!("the function has no parameter `{name}`; {help}"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(sig: &str, expr: &str) -> Vec<String> {
        let params = Params::of(&syn::parse_str(sig).unwrap());
        let mut diag = Diag::new();
        check_names(&syn::parse_str(expr).unwrap(), &params, &mut diag);
        diag.messages()
    }

    #[test]
    fn names_that_are_there() {
        for expr in [
            "order",
            "&order.id",
            "order.items.len() + extra",
            "MAX",
            "_MAX",
            "Kind::Card",
            "kind_of(order)",
            "self.region",
            "matches!(order, x)",
            "order.items.iter().map(|item| item.price).sum::<u64>()",
            "{ let x = 1; x }",
        ] {
            assert_eq!(
                messages("fn f(&self, order: &Order, extra: usize)", expr),
                [] as [&str; 0],
                "{expr}"
            );
        }
    }

    #[test]
    fn names_that_are_not_there() {
        let sig = "fn f(order: &Order, user_id: u64)";
        assert_eq!(
            messages(sig, "odrer.id"),
            ["the function has no parameter `odrer`; did you mean `order`?"]
        );
        assert_eq!(
            messages(sig, "kind_of(x, usr_id)"),
            [
                "the function has no parameter `x`; there are `order`, `user_id`",
                "the function has no parameter `usr_id`; did you mean `user_id`?"
            ]
        );
        assert_eq!(
            messages("fn f()", "&*region"),
            ["the function has no parameter `region`; the function has none"]
        );
        assert_eq!(
            messages("fn f()", "self.x"),
            ["the function has no `self`; add a receiver or use a parameter"]
        );
    }
}
