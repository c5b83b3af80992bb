//! The metadata of a body.

use crate::refusal::Refusal;
use crate::wire::params::Params;
use crate::world::metadata::MetadataChange;

/// Takes the three kinds out of a body.
pub(super) fn take(params: &mut Params) -> Result<MetadataChange, Refusal> {
    Ok(MetadataChange {
        public: params.object("public_metadata")?.optional(),
        private: params.object("private_metadata")?.optional(),
        open: params.object("unsafe_metadata")?.optional(),
    })
}
