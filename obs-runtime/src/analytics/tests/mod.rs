mod bounds;
mod distinct;
mod model;
mod recording;
