//! Who may ask the endpoints for what.

use crate::choice::choice;

choice! {
    /// What callers without credentials may do.
    pub enum Anonymous {
        /// Read as long as no credentials are configured, and nothing but the probes and the metrics otherwise. On a
        /// Unix socket that is the owner's alone: everything.
        Auto = "auto",
        /// The probes and the metrics.
        Open = "open",
        /// And see what the program does.
        Read = "read",
        /// And change it.
        Write = "write",
    }
}

choice! {
    /// What callers with a certificate of the client CA may do.
    pub enum ClientAccess {
        /// See what the program does.
        Read = "read",
        /// And change it.
        Write = "write",
    }
}

choice! {
    /// Who may connect to the Unix socket of the listener.
    pub enum SocketAccess {
        /// The user that the program runs as: mode 0600.
        Owner = "owner",
        /// And its group: mode 0660.
        Group = "group",
        /// Everybody on the machine: mode 0666.
        Everyone = "everyone",
    }
}
