"""AgentEval: criteria from a critic and a subcritic, a judgement from a quantifier; tasks and criteria as JSON."""

import json

from autogen.agentchat.contrib.agent_eval.agent_eval import generate_criteria, quantify_criteria
from autogen.agentchat.contrib.agent_eval.criterion import Criterion
from autogen.agentchat.contrib.agent_eval.critic_agent import CriticAgent
from autogen.agentchat.contrib.agent_eval.quantifier_agent import QuantifierAgent
from autogen.agentchat.contrib.agent_eval.subcritic_agent import SubCriticAgent
from autogen.agentchat.contrib.agent_eval.task import Task
from scenario import llm_config, mask, note, raises

COARSE = [{"name": "Accuracy", "description": "right?", "accepted_values": ["no", "yes"], "sub_criteria": []}]
FINE = [{**COARSE[0], "sub_criteria": [{"name": "Sign", "description": "+ or -", "accepted_values": ["no", "yes"]}]}]


def main(mode):
    task = Task(name="Sums", description="Add.", successful_response="2", failed_response="-")
    mask("Task.get_sys_message", task.get_sys_message())
    for kind in (CriticAgent, SubCriticAgent, QuantifierAgent):
        mask(f"{kind.__name__}.DEFAULT_SYSTEM_MESSAGE", kind.DEFAULT_SYSTEM_MESSAGE)
        agent = kind(llm_config=False)
        note(kind.__name__, [agent.name, agent.human_input_mode, agent.system_message, len(agent._reply_func_list)])

    coarse, fine = json.dumps(COARSE), json.dumps(FINE)
    note("fenced", generate_criteria(llm_config=llm_config(f"```json\n{coarse}\n```"), task=task))
    note("told more", generate_criteria(llm_config=llm_config(coarse), task=task, additional_instructions="Few."))
    finer = generate_criteria(llm_config=llm_config(coarse, fine), task=task, max_round=3, use_subcritic=True)
    note("finer", finer)
    with raises("no criteria", ValueError):
        generate_criteria(llm_config=llm_config("I would rather not."), task=task)

    config = llm_config('{"Accuracy": "yes"}')
    note("judged", quantify_criteria(config, finer, task, test_case="1+1 is 2", ground_truth="true"))
    note("written", Criterion.write_json(finer))
    note("read", Criterion.parse_json_str(Criterion.write_json(finer)))
    with raises("broken criteria", ValueError):
        Criterion.parse_json_str("nothing")
    with raises("a criterion without its values", ValueError):
        Criterion.parse_json_str('[{"name": "a", "description": "b"}]')
    try:
        note("a task from JSON", Task.parse_json_str(json.dumps(task.model_dump())))
    except TypeError as error:
        note("a task from JSON", error)
