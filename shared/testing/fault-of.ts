import { ClusterError } from '../kube/ports.ts';

/** The fault that a question to a cluster ends with; an answer, or an error of another kind, fails the test. */
export async function faultOf(question: Promise<unknown>): Promise<ClusterError> {
  try {
    await question;
  } catch (error) {
    if (error instanceof ClusterError) return error;
    throw error;
  }
  throw new Error('the question was answered: no fault');
}
