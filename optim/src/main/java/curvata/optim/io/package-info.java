/**
 * Tensors in files: safetensors read strictly and written atomically, with nothing underneath but the JDK.
 *
 * <p>What a tensor means (rules, parameters, other libraries' spellings) does not belong here, nor do other file formats.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">The safetensors format</a>
 */
package curvata.optim.io;
